Feature: A privileged container
  A container with the rights of the host is no compartment

  @NE-302
  Scenario: Refused, with the way that is safe
    Given a clean sandbox environment
    And the office of two domains
    When I replace "ip: \"10.120.1.10\"" with "config: { security.privileged: 'true' }" in infra.yml
    And I run "anklume up"
    Then exit code is 2
    And stderr contains "pro-dev"
    And stderr contains "type: vm"
    And no inventory was written
    And no Incus resources were created
