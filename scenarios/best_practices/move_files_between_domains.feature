Feature: Move files between domains
  Files cross a wall only where infra.yml says so, and every crossing is written down

  Scenario: Declared, then copied
    Given a clean sandbox environment
    And the machines of the office
    And the file "/root/photo" in "perso-box" says "a cat"
    When I append to infra.yml:
      """
      services:
        drop:
          machine: pro-mail
          tools: [file_accept]
          consumers: [perso-box]
      """
    And I run "anklume sync"
    And I run "anklume file copy perso-box:/root/photo pro-mail:/root/"
    Then exit code is 0
    And the file "/root/photo" has arrived in "pro-mail", saying "a cat"
