package io.machineid.join;

/**
 * Where the ID token (a JSON Web Token) of a join comes from. Write one where the built-in source
 * of a method does not fit, and give it to {@link IdTokenJoin#source}.
 *
 * <p>It is called for each join, so also for each renewal, on a thread of its own, and interrupted
 * when it takes longer than half a minute. It must bring a token that is still valid for a while:
 * the same one again will do only until it ends.
 */
@FunctionalInterface
public interface IdTokenSource {

  /**
   * Fetches a token now. May block.
   *
   * @return the token; white space around it does not matter
   * @throws Exception when there is none; a {@link io.machineid.JoinException} reaches the caller
   *     of the bot as it is, anything else as its cause
   */
  String idToken() throws Exception;
}
