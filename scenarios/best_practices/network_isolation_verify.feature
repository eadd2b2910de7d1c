Feature: Verify the isolation
  Walls are not believed, they are tried: by the proof, and by the machines themselves

  Background:
    Given a clean sandbox environment
    And a deployed office

  @NI-101
  Scenario: With the rules, domains do not see each other
    Then intra-domain connectivity works
    But inter-domain connectivity is blocked
    When I run "anklume prove"
    Then exit code is 0
    And output contains "0 mismatches"

  @PR-302
  Scenario: Without the rules, the same look finds every door open
    When somebody deletes the isolation rules by hand
    Then inter-domain connectivity is not blocked
    When I run "anklume prove"
    Then exit code is 1
    When I run "anklume network deploy"
    Then exit code is 0
    And inter-domain connectivity is blocked
