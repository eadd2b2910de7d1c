Feature: Remove one machine
  A machine goes to the trash by its name, and comes back as long as it lies there

  @DD-201
  Scenario: Removed, regretted, brought back
    Given a clean sandbox environment
    And the machines of the office
    And the file "/root/notes" in "pro-dev" says "keep me"
    When I run "anklume instance delete pro-dev --yes"
    Then exit code is 0
    And output contains "infra.yml"
    And there is no machine "pro-dev"
    And "pro-mail" is running
    When I run "anklume rollback --yes"
    Then exit code is 0
    And "pro-dev" is running
    And the file "/root/notes" in "pro-dev" still says "keep me"
