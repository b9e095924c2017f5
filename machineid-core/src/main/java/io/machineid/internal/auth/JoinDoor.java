package io.machineid.internal.auth;

import io.machineid.internal.auth.JoinClient.KeyRefused;

/** Where a cluster takes joins from us: as strangers, or as the bot that we are. Blocks. */
interface JoinDoor {

  /**
   * Joins by one request, for methods without a challenge.
   *
   * @throws KeyRefused when another kind of key may do
   * @throws io.machineid.JoinException when the cluster says no, or may have said something that we
   *     never got
   */
  IssuedCertificates join(JoinOrder order) throws KeyRefused;

  /** How its join services are reached, for joins that are conversations. */
  JoinChannel joinChannel();
}
