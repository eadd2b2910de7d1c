Feature: Snapshot before a change, restore after it went wrong
  A snapshot costs next to nothing and turns a broken machine into a working one

  Background:
    Given a clean sandbox environment
    And the machines of the office

  @SN-102
  Scenario: The machine is as it was, and its neighbours are left alone
    Given the file "/root/work" in "pro-dev" says "good"
    And the file "/root/work" in "pro-mail" says "mail"
    When I run "anklume snapshot create pro-dev before-change"
    Then exit code is 0
    When I run "anklume snapshot list pro-dev"
    Then output contains "before-change"

    Given the file "/root/work" in "pro-dev" says "broken"
    And the file "/root/work" in "pro-mail" says "newer mail"
    When I run "anklume snapshot restore pro-dev before-change --yes"
    Then exit code is 0
    And "pro-dev" is running
    And the file "/root/work" in "pro-dev" still says "good"
    And the file "/root/work" in "pro-mail" still says "newer mail"

    When I run "anklume snapshot delete pro-dev before-change --yes"
    Then exit code is 0
    When I run "anklume snapshot list pro-dev"
    Then output does not contain "before-change"
