Feature: Duplicate addresses
  Two machines with one address, or two domains with one subnet, are found before anything is written

  Background:
    Given a clean sandbox environment
    And the office of two domains

  @IN-301
  Scenario: One address for two machines
    When I replace "10.120.1.20" with "10.120.1.10" in infra.yml
    And I run "anklume sync"
    Then exit code is 2
    And stderr contains "10.120.1.10"
    And stderr contains "pro-dev"
    And stderr contains "pro-mail"
    And no inventory was written
    And no Incus resources were created

  @IN-301
  Scenario: One subnet for two domains
    When I replace "subnet_id: 2" with "subnet_id: 1" in infra.yml
    And I run "anklume up"
    Then exit code is 2
    And stderr contains "subnet_id"
    And no inventory was written
    And no Incus resources were created
