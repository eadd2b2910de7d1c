Feature: Everyday commands
  Work in machines without looking up names, projects and addresses

  # Incus 6.0.4 loses the last words of a command that ends at once, also those of its own client: these end later.
  Scenario: Run, stop, start
    Given a clean sandbox environment
    And the machines of the office
    When I run "anklume instance exec pro-dev -- sh -c 'hostname; sleep 1'"
    Then exit code is 0
    And output contains "pro-dev"
    When I run "anklume instance exec pro-dev -- sh -c 'exit 7'"
    Then exit code is 7
    When I run "anklume domain exec pro -- sh -c 'hostname; sleep 1'"
    Then exit code is 0
    And output contains "pro-dev"
    And output contains "pro-mail"
    When I run "anklume instance stop pro --yes"
    Then exit code is 0
    And "pro-dev" is stopped
    And "pro-mail" is stopped
    And "perso-box" is running
    When I run "anklume instance start pro"
    Then exit code is 0
    And "pro-dev" is running
    And "pro-mail" is running
