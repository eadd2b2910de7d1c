Feature: Describe an Incus that is already in use
  Import writes an infra.yml for what is there; applied, it changes nothing

  @DD-104
  Scenario: Somebody else's machines stay as they are
    Given a clean sandbox environment
    And somebody else has made the machine "web"
    And somebody else has made the machine "shop" in the project "customers"
    When I run "anklume import --out infra.yml"
    Then exit code is 0
    And the file "infra.yml" contains "web"
    And the file "infra.yml" contains "shop"
    When I run "anklume sync"
    Then exit code is 0
    When I run "anklume apply infra --yes"
    Then exit code is 0
    And output contains "0 changes"
    And nothing in Incus has changed
