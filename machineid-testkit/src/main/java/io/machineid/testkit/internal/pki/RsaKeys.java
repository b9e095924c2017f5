package io.machineid.testkit.internal.pki;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * RSA keys of 2048 bits for a cluster that protects nothing. Two new primes are nearly all that
 * such a key costs, and a cluster has several keys; so each two out of a few primes of the process
 * make one. No two keys are the same, but who has the public halves of two that share a prime can
 * reckon the private ones: they are for nothing but tests. Thread-safe.
 */
public final class RsaKeys {

  private static final int PRIME_BITS = 1024;
  private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final AtomicInteger MADE = new AtomicInteger();
  private static final Map<Integer, FutureTask<BigInteger>> PRIMES = new ConcurrentHashMap<>();

  private RsaKeys() {}

  /** The next key. Blocks while a prime is looked for, which most keys need not. */
  public static KeyPair next() {
    int number = MADE.getAndIncrement();
    int later = 1;
    while (later * (later + 1) / 2 <= number) {
      later++;
    }
    int earlier = number - later * (later - 1) / 2;
    return of(prime(later), prime(earlier));
  }

  private static BigInteger prime(int number) {
    FutureTask<BigInteger> task =
        PRIMES.computeIfAbsent(number, unused -> new FutureTask<>(RsaKeys::newPrime));
    task.run(); // does nothing where another thread does, or has
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a key was made", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("no prime could be found", e);
    }
  }

  /** So large that the product of two has all its bits. */
  private static BigInteger newPrime() {
    while (true) {
      BigInteger prime =
          new BigInteger(PRIME_BITS, RANDOM)
              .setBit(PRIME_BITS - 1)
              .setBit(PRIME_BITS - 2)
              .nextProbablePrime();
      boolean fits = prime.bitLength() == PRIME_BITS;
      if (fits && !prime.subtract(BigInteger.ONE).mod(EXPONENT).equals(BigInteger.ZERO)) {
        return prime;
      }
    }
  }

  private static KeyPair of(BigInteger p, BigInteger q) {
    BigInteger modulus = p.multiply(q);
    BigInteger p1 = p.subtract(BigInteger.ONE);
    BigInteger q1 = q.subtract(BigInteger.ONE);
    BigInteger d = EXPONENT.modInverse(p1.multiply(q1));
    try {
      KeyFactory factory = KeyFactory.getInstance("RSA");
      return new KeyPair(
          factory.generatePublic(new RSAPublicKeySpec(modulus, EXPONENT)),
          factory.generatePrivate(
              new RSAPrivateCrtKeySpec(
                  modulus, EXPONENT, d, p, q, d.mod(p1), d.mod(q1), q.modInverse(p))));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot make RSA keys", e);
    }
  }
}
