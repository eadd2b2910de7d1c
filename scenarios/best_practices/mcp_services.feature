Feature: A service for the programs of another domain
  A machine offers tools over MCP (JSON-RPC over HTTP); one policy lets one domain use them

  Background:
    Given a clean sandbox environment
    And a deployed office

  Scenario: The tools are reached as long as the policy says so
    Given "pro-mail" serves MCP on port 8090
    Then an MCP client in "pro-dev" calls the tool "add" of "pro-mail" on port 8090 with 19 and 23, and gets "42"
    But an MCP client in "perso-box" gets no answer from "pro-mail" on port 8090

    When I append to infra.yml:
      """
      network_policies:
        - description: Private programs use the tools of the mail machine
          from: perso-box
          to: pro-mail
          ports: [8090]
          protocol: tcp
      """
    And I run "anklume sync"
    And I run "anklume network deploy"
    Then exit code is 0
    And an MCP client in "perso-box" calls the tool "add" of "pro-mail" on port 8090 with 40 and 2, and gets "42"

    When the office has no policies any more
    And I run "anklume sync"
    And I run "anklume network deploy"
    Then exit code is 0
    And an MCP client in "perso-box" gets no answer from "pro-mail" on port 8090
    But an MCP client in "pro-dev" calls the tool "add" of "pro-mail" on port 8090 with 1 and 1, and gets "2"
