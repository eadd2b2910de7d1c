Feature: Backup and restore
  A backup is checked when it is made, and proves its worth when the machine is gone

  Scenario: A machine comes back after its deletion
    Given a clean sandbox environment
    And the machines of the office
    And the file "/root/thesis" in "pro-dev" says "chapter one"
    When I run "anklume backup create pro-dev --to backups"
    Then exit code is 0
    When somebody deletes the machine "pro-dev" by hand
    Then there is no machine "pro-dev"
    When I restore the backup of "pro-dev"
    Then exit code is 0
    And "pro-dev" is running
    And the file "/root/thesis" in "pro-dev" still says "chapter one"
    When I run "anklume apply infra"
    Then exit code is 0
    And the file "/root/thesis" in "pro-dev" still says "chapter one"
