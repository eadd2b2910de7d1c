Feature: Flush on a production host
  Where a host is marked as production, all of it goes only with --force

  @DD-301
  Scenario: Refused, then meant
    Given a clean sandbox environment
    And the machines of the office
    And the host is marked as production
    When I run "make flush ARGS=--yes"
    Then exit code is non-zero
    And output contains "production"
    And nothing in Incus has changed
    When I run "make flush FORCE=true"
    Then exit code is 0
    And there is no machine at all
