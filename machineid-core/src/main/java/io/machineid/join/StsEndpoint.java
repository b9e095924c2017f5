package io.machineid.join;

import java.util.Set;

/**
 * Where AWS says who somebody is, in a region.
 *
 * @param region the region that a request has to be signed for
 * @param host the name of the service there
 */
record StsEndpoint(String region, String host) {

  private static final Set<String> WITH_FIPS =
      Set.of("us-east-1", "us-east-2", "us-west-1", "us-west-2");
  private static final String FIPS_DEFAULT = "us-east-1";

  static StsEndpoint of(String region, boolean fips) {
    if (region.startsWith("us-gov-")) {
      return new StsEndpoint(region, "sts." + region + ".amazonaws.com"); // always FIPS
    }
    if (fips) {
      String chosen = WITH_FIPS.contains(region) ? region : FIPS_DEFAULT;
      return new StsEndpoint(chosen, "sts-fips." + chosen + ".amazonaws.com");
    }
    String suffix = region.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
    return new StsEndpoint(region, "sts." + region + suffix);
  }
}
