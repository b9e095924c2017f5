package io.machineid;

import io.machineid.MachineIdException.Reason;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What was found at a cluster's address, which way each kind of connection takes, and the first
 * thing that is wrong. Made by {@link Bot.Builder#diagnose}. Immutable; holds no secret.
 *
 * @param findings in the order in which they were made; after the first that is wrong there are no
 *     more
 */
public record Diagnosis(List<Finding> findings) {

  private static final int SUBJECT_WIDTH = 12;

  /**
   * Copies.
   *
   * @param findings component {@code findings}
   */
  public Diagnosis {
    findings = List.copyOf(findings);
  }

  /**
   * One thing that was found.
   *
   * @param subject what it is about: {@code address}, {@code found}, {@code clock}, {@code join},
   *     {@code between}, {@code auth}, {@code kubernetes}; more may come
   * @param text one sentence or several; where something is wrong, with what to do
   * @param problem what is wrong, or empty where all is well with it
   */
  public record Finding(String subject, String text, Optional<Reason> problem) {

    /**
     * Checks.
     *
     * @param subject component {@code subject}
     * @param text component {@code text}
     * @param problem component {@code problem}
     */
    public Finding {
      Objects.requireNonNull(subject, "subject");
      Objects.requireNonNull(text, "text");
      Objects.requireNonNull(problem, "problem");
    }
  }

  /**
   * Whether a bot can be expected to start this way, given a token that the cluster takes.
   *
   * @return true when nothing is wrong
   */
  public boolean isWell() {
    return problem().isEmpty();
  }

  /**
   * The first thing that is wrong.
   *
   * @return the last of the findings, or empty
   */
  public Optional<Finding> problem() {
    return findings.stream().filter(finding -> finding.problem().isPresent()).findFirst();
  }

  /**
   * All of it for people.
   *
   * @return one line for each finding, and one with the outcome
   */
  public String toText() {
    StringBuilder text = new StringBuilder();
    for (Finding finding : findings) {
      String subject = finding.problem().isPresent() ? "PROBLEM" : finding.subject();
      text.append(subject)
          .append(" ".repeat(Math.max(1, SUBJECT_WIDTH - subject.length())))
          .append(finding.text())
          .append('\n');
    }
    return text.append(
            isWell()
                ? "Nothing is wrong on the way to the cluster. Nothing was joined, and no token sent.\n"
                : "Nothing was joined, and no token sent.\n")
        .toString();
  }

  /** As {@link #toText()}. */
  @Override
  public String toString() {
    return toText();
  }
}
