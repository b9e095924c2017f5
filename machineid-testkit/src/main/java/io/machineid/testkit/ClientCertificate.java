package io.machineid.testkit;

import java.math.BigInteger;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * What tells one certificate of a client from another.
 *
 * @param serial its serial number
 * @param notBefore its beginning, a minute before it was issued
 * @param notAfter its end
 * @param generation how many renewable certificates the bot had got with it; empty for outputs
 */
public record ClientCertificate(
    BigInteger serial, Instant notBefore, Instant notAfter, OptionalLong generation) {}
