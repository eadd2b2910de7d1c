Feature: Delete something protected
  With `ephemeral: false` a machine is protected: no path deletes it by a slip of the hand

  Background:
    Given a clean sandbox environment
    And the office of two domains
    And the domain "perso" is protected
    And the machines are made

  @DD-302
  Scenario: By its name
    When I run "anklume instance delete perso-box --yes"
    Then exit code is non-zero
    And output contains "'perso-box' is protected"
    And output contains "--force"
    And nothing in Incus has changed

  Scenario: With everything else
    When I run "anklume flush --yes"
    Then exit code is 1
    And output contains "'perso-box' is protected"
    And "perso-box" is running
    But there is no machine "pro-dev"

  Scenario: Because it is no longer declared
    When I remove the domain "perso" from infra.yml
    And I run "anklume sync --delete-orphans"
    Then output contains "protected"
    And the tree no longer names the domain "perso"
    When I run "anklume apply infra --prune --yes"
    Then exit code is 1
    And output contains "'perso-box' is protected"
    And "perso-box" is running

  @SN-302
  Scenario: By restoring over it
    When I run "anklume snapshot create perso-box monday"
    And I run "anklume snapshot restore perso-box monday"
    Then exit code is 2
    And output contains "--yes"
    And nothing in Incus has changed
