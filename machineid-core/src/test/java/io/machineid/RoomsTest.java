package io.machineid;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages of this module point one way. */
@AnalyzeClasses(packages = "io.machineid", importOptions = DoNotIncludeTests.class)
class RoomsTest {

  @ArchTest
  static final ArchRule INTERNALS_HAVE_NO_CYCLES =
      slices().matching("io.machineid.internal.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule TRANSPORT_KNOWS_NOTHING_ABOVE_IT =
      noClasses()
          .that()
          .resideInAPackage("io.machineid.internal.transport")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.machineid.internal.discovery",
              "io.machineid.internal.auth",
              "io.machineid.internal.lifecycle");

  @ArchTest
  static final ArchRule ONLY_TRANSPORT_AND_AUTH_SPEAK_GRPC =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.machineid.internal.transport",
              "io.machineid.internal.auth",
              "io.machineid.wire..")
          .and()
          .resideOutsideOfPackage("io.machineid.testkit..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "io.machineid.wire..");

  @ArchTest
  static final ArchRule CORE_NEVER_SEES_A_KUBERNETES_CLIENT =
      noClasses()
          .that()
          .resideInAPackage("io.machineid..")
          .and()
          .resideOutsideOfPackage("io.machineid.testkit..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.fabric8..", "io.kubernetes..", "okhttp3..");

  @ArchTest
  static final ArchRule JOIN_METHODS_AND_DESTINATIONS_STAND_ALONE =
      noClasses()
          .that()
          .resideInAnyPackage("io.machineid.join", "io.machineid.destination", "io.machineid.tls")
          .and()
          .doNotHaveSimpleName("PlatformRequest") // goes through proxies as everything else does
          .and()
          .doNotHaveSimpleName("PlatformPem") // reads certificates as everything else does
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.machineid.internal..");

  @ArchTest
  static final ArchRule PUBLIC_CLASSES_ARE_FINAL_OR_MEANT_TO_BE_IMPLEMENTED =
      classes()
          .that()
          .resideInAPackage("io.machineid")
          .and()
          .arePublic()
          .and()
          .areNotInterfaces()
          .and()
          .doNotHaveSimpleName("MachineIdException")
          .should()
          .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL);
}
