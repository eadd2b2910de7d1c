Feature: A dangerous command in a script
  Where nobody can answer, nothing dangerous is assumed

  Scenario Outline: <command>
    Given a clean sandbox environment
    And the machines of the office
    When I remove the domain "perso" from infra.yml
    And I run "anklume sync --delete-orphans"
    And I run "<command>"
    Then exit code is 2
    And stderr contains "--yes"
    And nothing in Incus has changed

    Examples:
      | command                         |
      | anklume apply infra --prune     |
      | anklume instance delete pro-dev |
      | anklume flush                   |
