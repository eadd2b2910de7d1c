Feature: Broken YAML
  Text that is no YAML is refused with the line, and nothing is touched

  Scenario Outline: <what>
    Given a clean sandbox environment
    And the office of two domains
    When I replace "subnet_id: 1" with "<wrong>" in infra.yml
    And I run "anklume up"
    Then exit code is 2
    And stderr contains "<place>"
    And no inventory was written
    And no Incus resources were created

    Examples:
      | what                      | wrong          | place        |
      | a bracket that stays open | subnet_id: [1  | infra.yml:13 |
      | text for a number         | subnet_id: one | infra.yml:11 |
      | an alias of nothing       | subnet_id: *no | infra.yml:11 |
