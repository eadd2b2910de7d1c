Feature: Invalid network policy
  A policy that cannot mean anything is told with its number, before anything is written

  @IN-302
  Scenario Outline: <what>
    Given a clean sandbox environment
    And the office of two domains
    When I append to infra.yml:
      """
      network_policies:
        - description: Wrong
          from: <from>
          to: pro-mail
          ports: <ports>
          protocol: <protocol>
      """
    And I run "anklume sync"
    Then exit code is 2
    And stderr contains "<told>"
    And stderr contains "infra.yml:"
    And no inventory was written
    And no Incus resources were created

    Examples:
      | what                          | from      | ports   | protocol | told      |
      | a machine that nobody knows   | perso-bix | [80]    | tcp      | perso-bix |
      | a port that there cannot be   | perso-box | [80000] | tcp      | 80000     |
      | a protocol that there is none | perso-box | [80]    | carrots  | carrots   |
