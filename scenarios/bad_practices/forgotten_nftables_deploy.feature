Feature: Rules forgotten
  A new domain without its rules is told at every step, until they are loaded

  @NI-305
  Scenario: Apply and status warn until the rules are deployed
    Given a clean sandbox environment
    And a deployed office
    When I add the domain "garage" to infra.yml
    And I run "anklume sync"
    And I run "anklume apply infra"
    Then exit code is 0
    And stderr contains "garage"
    And stderr contains "anklume network deploy"
    When I run "anklume status"
    Then stderr contains "network deploy"
    When I run "make nftables-deploy"
    Then exit code is 0
    When I run "anklume status"
    Then output does not contain "network deploy"
    And inter-domain connectivity is blocked
