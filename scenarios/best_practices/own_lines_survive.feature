Feature: Lines of your own
  What you write below a managed section is yours: it survives every sync, and it counts

  @TR-201 @TR-203
  Scenario: A limit by hand
    Given a clean sandbox environment
    And the machines of the office
    When I add the line "instance_config: { limits.processes: '321' }" to the file "host_vars/pro-dev.yml"
    And I replace "ip: \"10.120.1.20\"" with "ip: \"10.120.1.21\"" in infra.yml
    And I run "anklume sync"
    Then exit code is 0
    And the file "host_vars/pro-dev.yml" contains "limits.processes: '321'"
    When I run "anklume apply infra"
    Then exit code is 0
    When I run "incus config get pro-dev limits.processes --project pro"
    Then output contains "321"
