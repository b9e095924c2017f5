package io.machineid.testkit;

import io.machineid.testkit.internal.join.OracleCloud;

/** A made-up Oracle Cloud: a cloud with instances that a fake cluster believes. Thread-safe. */
public final class TestOracle {

  private final OracleCloud cloud;

  TestOracle(OracleCloud cloud) {
    this.cloud = cloud;
  }

  /** A compute instance. */
  public static final class Instance {

    private final OracleCloud cloud;
    private final OracleCloud.Instance instance;

    private Instance(OracleCloud cloud, OracleCloud.Instance instance) {
      this.cloud = cloud;
      this.instance = instance;
    }

    /**
     * Its OCID, as rules name it.
     *
     * @return the OCID
     */
    public String id() {
      return instance.id();
    }

    OracleCloud cloud() {
      return cloud;
    }

    OracleCloud.Instance inner() {
      return instance;
    }

    @Override
    public String toString() {
      return instance.toString();
    }
  }

  /**
   * Starts an instance.
   *
   * @param tenancy the OCID of its tenancy
   * @param compartment the OCID of its compartment
   * @param region its region, such as {@code eu-frankfurt-1}
   * @return the instance, to be given a {@link TestPlatform#oracle metadata service}
   */
  public Instance launch(String tenancy, String compartment, String region) {
    return new Instance(cloud, cloud.launch(tenancy, compartment, region));
  }

  @Override
  public String toString() {
    return "TestOracle";
  }
}
