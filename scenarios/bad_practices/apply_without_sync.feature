Feature: Apply without sync
  anklume must detect and guide the user when steps are skipped

  @AP-301
  Scenario: No inventory files exist
    Given infra.yml from "examples/default"
    And infra.yml exists but no inventory files
    When I run "make apply"
    Then exit code is non-zero
    And stderr contains guidance to run "make sync" first
    And no Incus resources were created

  @AP-204
  Scenario: Stale inventory after infra.yml change
    Given infra.yml from "examples/default"
    And a deployed infrastructure
    When I add a new domain to infra.yml without running sync
    And I run "make apply"
    Then the new domain is not deployed
    And output warns about potential drift
