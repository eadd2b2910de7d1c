Feature: Disposable machines
  What is not trusted is done in a fresh machine that goes afterwards

  Background:
    Given a clean sandbox environment

  @IM-103
  Scenario: One command, its output, and nothing left
    When I run "anklume disp run --image probe -- sh -c 'echo hello; sleep 1; exit 7'"
    Then exit code is 7
    And output contains "hello"
    And there is no machine at all

  @IM-103
  Scenario: A filter for a file from a stranger
    When I run "anklume disp run --image probe -- sh -c 'sed s/virus/flower/; sleep 1'" with the input "a virus"
    Then exit code is 0
    And output contains "a flower"
    And there is no machine at all

  Scenario: In a domain, behind its walls
    Given a deployed office
    When I launch a disposable machine in the domain "perso"
    Then the disposable machine reaches "perso-box"
    But the disposable machine does not reach "pro-dev"
    When I run "anklume disp delete --all --yes"
    Then exit code is 0
    And all declared instances are running
