Feature: Edit inside a managed section
  What sync writes, sync replaces: it says so, and says where lines of your own belong

  @TR-301
  Scenario: Noticed, told, replaced
    Given a clean sandbox environment
    And the office of two domains
    When I run "anklume sync"
    And I replace "10.120.1.10" with "10.120.1.99" in the file "host_vars/pro-dev.yml"
    And I run "anklume sync"
    Then exit code is 0
    And stderr contains "host_vars/pro-dev.yml"
    And stderr contains "below"
    And the file "host_vars/pro-dev.yml" contains "10.120.1.10"
    And the file "host_vars/pro-dev.yml" does not contain "10.120.1.99"
