Feature: Student lab
  A teacher prepares a class: one domain for each student, and the material for all

  Background:
    Given a clean sandbox environment
    And images are pre-cached via shared repository

  @NI-101
  Scenario: Two students, who see the material and nothing of each other
    Given infra.yml from "examples/teacher-lab"
    And there are two students
    When I run "anklume up"
    Then exit code is 0
    And all declared instances are running
    And each instance has the correct static IP
    And intra-domain connectivity works
    But inter-domain connectivity is blocked

    Given "anklume-instance" serves a page on port 80
    And "student-02-server" serves a page on port 80
    Then "student-01-client" can fetch the page of "anklume-instance" on port 80
    And "student-02-client" can fetch the page of "student-02-server" on port 80
    But "student-01-client" cannot fetch the page of "student-02-server" on port 80
