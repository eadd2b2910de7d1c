Feature: Operations in the wrong order
  The command that has to come first is named

  Background:
    Given a clean sandbox environment

  @SN-301
  Scenario: Restore before any snapshot
    Given the machines of the office
    When I run "anklume snapshot restore pro-dev before-change --yes"
    Then exit code is non-zero
    And output contains "anklume snapshot create"
    And nothing in Incus has changed

  @IM-304
  Scenario: Derive before any template
    Given the machines of the office
    When I run "anklume golden derive pro-dev pro-copy"
    Then exit code is non-zero
    And stderr contains "anklume golden create"
    And nothing in Incus has changed

  @DD-304
  Scenario: Apply before Incus is there
    Given the office of two domains
    And no Incus answers
    When I run "anklume sync"
    And I run "anklume apply"
    Then exit code is 4
    And stderr contains "/nowhere/unix.socket"
    And no Incus resources were created
