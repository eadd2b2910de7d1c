Feature: Go back after a mistake
  Every apply that changes something is a generation; the one before comes back with its data

  @SN-202
  Scenario: A domain was removed that was still needed
    Given a clean sandbox environment
    And the machines of the office
    And the file "/root/letter" in "perso-box" says "dear you"
    When I remove the domain "perso" from infra.yml
    And I run "anklume sync --delete-orphans"
    And I run "anklume apply infra --prune --yes"
    Then exit code is 0
    And there is no machine "perso-box"
    When I run "anklume history"
    Then exit code is 0
    When I run "anklume rollback --yes"
    Then exit code is 0
    And "perso-box" is running
    And the file "/root/letter" in "perso-box" still says "dear you"
