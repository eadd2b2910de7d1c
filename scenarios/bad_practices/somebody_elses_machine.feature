Feature: A name that somebody else uses
  What anklume did not make it does not touch, unless it is told to

  Scenario: Refused before any change
    Given a clean sandbox environment
    And somebody else has made the machine "pro-dev" in the project "pro"
    And the office of two domains
    When I run "anklume sync"
    And I run "anklume apply infra"
    Then exit code is 1
    And output contains "pro-dev"
    And output contains "--adopt"
    And nothing in Incus has changed
