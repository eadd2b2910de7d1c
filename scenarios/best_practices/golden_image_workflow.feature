Feature: Golden image workflow
  Set a machine up once; others begin as it, in a moment and next to no space

  @IM-104 @IM-202
  Scenario: Create, derive, publish, use
    Given a clean sandbox environment
    And the machines of the office
    And the file "/root/tool" in "pro-dev" says "sharp"
    When I run "anklume golden create pro-dev --yes"
    Then exit code is 0
    And "pro-dev" is stopped

    When I run "anklume golden derive pro-dev pro-copy"
    Then exit code is 0
    And "pro-copy" is running
    And the file "/root/tool" in "pro-copy" still says "sharp"

    When I run "anklume golden publish pro-dev office-base"
    Then exit code is 0
    When I add the domain "garage" to infra.yml
    And I replace "garage-one: {}" with "garage-one: { os_image: 'local:office-base' }" in infra.yml
    And I run "anklume sync"
    And I run "anklume apply infra --limit garage"
    Then exit code is 0
    And "garage-one" is running
    And the file "/root/tool" in "garage-one" still says "sharp"

    When I run "anklume golden list"
    Then output contains "office-base"
    And output contains "pro-copy"
    And output contains "garage-one"
