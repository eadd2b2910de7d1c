Feature: A domain without the internet
  What needs no internet gets none, with one word in infra.yml

  Scenario: One line closes the way out
    Given a clean sandbox environment
    And a deployed office
    Then "perso-box" reaches the internet
    When I replace "trust_level: semi-trusted" with "internet: false" in infra.yml
    And I run "anklume up"
    Then exit code is 0
    And "perso-box" does not reach the internet
    But "pro-dev" reaches the internet
