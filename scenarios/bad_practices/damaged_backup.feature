Feature: Restore a damaged backup
  A backup that is not what it was is never restored

  @BK-301
  Scenario: Found by verify, refused by restore
    Given a clean sandbox environment
    And the machines of the office
    When I run "anklume backup create pro-dev --to backups"
    Then exit code is 0
    When one byte of the backup of "pro-dev" is changed
    And I verify the backup of "pro-dev"
    Then exit code is non-zero
    And output contains "pro-dev"
    When somebody deletes the machine "pro-dev" by hand
    And I restore the backup of "pro-dev"
    Then exit code is non-zero
    And there is no machine "pro-dev"
