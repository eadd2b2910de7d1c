Feature: A misspelt key
  A key that means nothing is told with the one that was probably meant

  @IN-303
  Scenario: A warning, or an error for those who want one
    Given a clean sandbox environment
    And the office of two domains
    When I replace "trust_level: trusted" with "trust_levle: trusted" in infra.yml
    And I run "anklume sync"
    Then exit code is 0
    And stderr contains "trust_levle"
    And stderr contains "trust_level"
    When I run "anklume sync --strict"
    Then exit code is 2
