Feature: Open one port, not a domain
  A policy that names two machines and a port opens exactly that

  Background:
    Given a clean sandbox environment
    And the office of two domains

  @NI-103
  Scenario: One port, one direction, one machine
    When I append to infra.yml:
      """
      network_policies:
        - description: Photos go to the mail machine
          from: perso-box
          to: pro-mail
          ports: [8080]
          protocol: tcp
      """
    And I run "anklume up"
    Then exit code is 0
    And output contains "0 mismatches"
    Given "pro-mail" serves a page on port 8080
    And "pro-mail" serves a page on port 8081
    And "pro-dev" serves a page on port 8080
    And "perso-box" serves a page on port 8080
    Then "perso-box" can fetch the page of "pro-mail" on port 8080
    But "perso-box" cannot fetch the page of "pro-mail" on port 8081
    And "perso-box" cannot fetch the page of "pro-dev" on port 8080
    And "pro-mail" cannot fetch the page of "perso-box" on port 8080
    When I run "anklume network explain perso-box pro-mail --port 8080"
    Then output contains "policy 1"
