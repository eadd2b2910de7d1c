Feature: Grow step by step
  Look at the plan, then apply it; what is there already is left alone

  Background:
    Given a clean sandbox environment
    And the machines of the office

  Scenario: Nothing to do is nothing done
    When I run "anklume sync"
    Then output contains "0 files written"
    When I run "anklume plan --exit-code"
    Then exit code is 0
    When I run "anklume apply infra"
    Then exit code is 0
    And output contains "0 changes"
    And nothing in Incus has changed

  Scenario: One more domain
    When I add the domain "garage" to infra.yml
    And I run "anklume sync"
    Then exit code is 0
    When I run "anklume plan --exit-code"
    Then exit code is 3
    And output contains "garage-one"
    And output does not contain "pro-dev"
    And nothing in Incus has changed
    When I run "anklume apply infra --limit garage"
    Then exit code is 0
    And all declared instances are running
