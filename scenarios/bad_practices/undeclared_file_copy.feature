Feature: Copy a file that nobody declared
  A wall that files can cross at will is none

  @BK-302
  Scenario: Refused, with the line that would allow it
    Given a clean sandbox environment
    And the machines of the office
    And the file "/root/secret" in "pro-dev" says "for your eyes"
    When I run "anklume file copy pro-dev:/root/secret perso-box:/root/"
    Then exit code is non-zero
    And stderr contains "file_accept"
    And there is no file "/root/secret" in "perso-box"
    And the audit holds a refusal of "pro-dev:/root/secret"
