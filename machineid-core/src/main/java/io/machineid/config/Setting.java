package io.machineid.config;

/** What a flag of {@code start} or an environment variable may set instead of the file. */
public enum Setting {
  /** The proxy's address; replaces whatever address the file has. */
  PROXY_SERVER("--proxy-server"),
  /** The auth server's address; replaces whatever address the file has. */
  AUTH_SERVER("--auth-server"),
  /** Address, join method and token in one; replaces the address and all of {@code onboarding}. */
  JOIN_URI("--join-uri"),
  /** The token; replaces all of {@code onboarding}, together with the next five. */
  TOKEN("--token"),
  /** The join method. */
  JOIN_METHOD("--join-method"),
  /** Pins of the cluster's CA; takes several values. */
  CA_PIN("--ca-pin"),
  /** The registration secret of {@code bound_keypair}. */
  REGISTRATION_SECRET("--registration-secret"),
  /** A file that holds that secret. */
  REGISTRATION_SECRET_PATH("--registration-secret-path"),
  /** A file that holds the key of {@code bound_keypair}, made beforehand. */
  STATIC_KEY_PATH("--static-key-path"),
  /** Where the bot's identity is kept: a path, {@code file://PATH} or {@code memory://}. */
  STORAGE("--storage"),
  /** A directory for one {@code identity} output, which replaces all outputs of the file. */
  DESTINATION_DIR("--destination-dir"),
  /** The lifetime to ask for. */
  CREDENTIAL_TTL("--credential-ttl"),
  /** The time between renewals. */
  RENEWAL_INTERVAL("--renewal-interval"),
  /** Where health and metrics are served. */
  DIAG_ADDR("--diag-addr"),
  /** Write once and end. */
  ONESHOT("--oneshot"),
  /** Do not verify the server. */
  INSECURE("--insecure"),
  /** Only FIPS cryptography. */
  FIPS("--fips"),
  /** Log in detail. */
  DEBUG("--debug");

  private final String flag;

  Setting(String flag) {
    this.flag = flag;
  }

  /**
   * The flag of {@code start} that sets it; messages name it.
   *
   * @return for instance {@code --proxy-server}
   */
  public String flag() {
    return flag;
  }
}
