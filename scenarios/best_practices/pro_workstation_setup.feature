Feature: Pro workstation setup
  An admin deploys a pro/perso infrastructure with network isolation

  Background:
    Given a clean sandbox environment
    And images are pre-cached via shared repository

  @NI-101
  Scenario: Full deployment with isolation verified
    Given infra.yml from "examples/pro-workstation.infra.yml"
    And the host has no graphics card for "homelab-llm"
    When I run "make sync"
    Then exit code is 0
    And inventory files exist for all domains

    When I run "make apply"
    And I run "make nftables-deploy"
    Then all declared instances are running
    And each instance has the correct static IP

    Then intra-domain connectivity works
    But inter-domain connectivity is blocked
    And internet access works from all instances

  @SN-102
  Scenario: Snapshot and restore round-trip
    Given a running pro-workstation infrastructure
    When I create snapshot "before-change" on "pro-dev"
    And I modify a file inside "pro-dev"
    And I restore snapshot "before-change" on "pro-dev"
    Then the file modification is reverted
