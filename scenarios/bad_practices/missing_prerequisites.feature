Feature: Missing prerequisites
  What the host lacks is named, with the way to get it

  Background:
    Given a clean sandbox environment

  Scenario: No Incus
    Given "incus" is not installed
    When I run "anklume doctor"
    Then output contains "incus-client"
    When I run "anklume sandbox start other"
    Then exit code is 4
    And stderr contains "incus-client"

  Scenario: No nft where the bridges are
    Given the machines of the office
    And "nft" is not installed on the host of Incus
    When I run "anklume network deploy"
    Then exit code is 4
    And stderr contains "nft"
    And stderr contains "anklume doctor"
    And nothing in Incus has changed

  Scenario: No nft on this host
    Given "nft" is not installed
    When I run "anklume doctor"
    Then output contains "apt install nftables"

  @PV-302
  Scenario: No Ansible
    Given the office of two domains
    And "ansible-playbook" is not installed
    When I replace "ip: \"10.120.1.10\"" with "{ ip: 10.120.1.10, roles: [base_system] }" in infra.yml
    And I run "anklume sync"
    And I run "anklume apply"
    Then exit code is 4
    And output contains "ansible"
    And all declared instances are running
