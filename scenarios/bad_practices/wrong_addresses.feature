Feature: Addresses that cannot be
  An address outside its domain, or that of the gateway, is refused with its place

  Scenario Outline: <what>
    Given a clean sandbox environment
    And the office of two domains
    When I replace "10.120.1.20" with "<address>" in infra.yml
    And I run "anklume sync"
    Then exit code is 2
    And stderr contains "infra.yml:18"
    And stderr contains "<address>"
    And no inventory was written

    Examples:
      | what                  | address      |
      | that of the gateway   | 10.120.1.254 |
      | outside of the domain | 10.120.9.20  |
      | no address at all     | 10.120.1.999 |
