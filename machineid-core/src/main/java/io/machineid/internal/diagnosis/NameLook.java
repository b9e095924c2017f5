package io.machineid.internal.diagnosis;

import io.machineid.internal.transport.HostAddresses;
import io.machineid.internal.transport.HostAddresses.Answer;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.TransportErrors;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which of the addresses of a name answer, where nobody did. */
final class NameLook {

  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final int MOST = 8;

  private final HostAddresses addresses;

  /**
   * Makes it.
   *
   * @param addresses who knows names
   */
  NameLook(HostAddresses addresses) {
    this.addresses = addresses;
  }

  /**
   * In words, where the name has several addresses.
   *
   * @param address what was tried
   */
  Optional<String> explain(HostPort address) {
    List<Answer> answers = addresses.look(address, LONGEST, MOST);
    if (answers.size() < 2) {
      return Optional.empty();
    }
    boolean some = answers.stream().anyMatch(answer -> answer.failure().isEmpty());
    return Optional.of(
        "The name has %d addresses: %s. %s"
            .formatted(
                answers.size(),
                answers.stream().map(NameLook::inWords).collect(Collectors.joining(", ")),
                some
                    ? "Web requests take the first one alone: have the dead one taken out of DNS, or give a name or an address that answers"
                    : "None of them answers"));
  }

  private static String inWords(Answer answer) {
    return answer
        .failure()
        .map(
            failure ->
                "%s does not answer (%s)"
                    .formatted(answer.address().getHostAddress(), TransportErrors.inBrief(failure)))
        .orElseGet(() -> answer.address().getHostAddress() + " does");
  }
}
