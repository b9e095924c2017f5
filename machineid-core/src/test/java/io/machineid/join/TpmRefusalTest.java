package io.machineid.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.JoinException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TpmRefusalTest {

  private static JoinException error(String command, String code) {
    return new TpmRefusal(command, Integer.parseInt(code, 16)).toError("/dev/tpmrm0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"901", "902", "904", "905", "906", "909", "910", "918", "920", "922"})
  void warnings_pass_alsoOfWhatIsSealed(String code) {
    for (String command : new String[] {"TPM2_CreatePrimary", TpmRefusal.ACTIVATE}) {
      JoinException error = error(command, code);
      assertThat(error.retryable()).isTrue();
      assertThat(error)
          .hasMessageContaining("refused " + command + " with code 0x" + code)
          .hasMessageNotContaining("is not for this TPM");
    }
  }

  @ParameterizedTest
  @CsvSource({"904,key", "905,session", "906,key"})
  void fullTpm_isToldAsSuch(String code, String what) {
    assertThat(error("TPM2_StartAuthSession", code))
        .hasMessageContaining("it has no room for another " + what)
        .hasMessageContaining("/dev/tpmrm0");
  }

  @Test
  void errors_stay() {
    assertThat(error("TPM2_CreatePrimary", "9a2").retryable()).isFalse();
    assertThat(error("TPM2_CreatePrimary", "101").retryable()).isFalse();
    assertThat(error(TpmRefusal.ACTIVATE, "1df"))
        .hasMessageContaining("what the cluster sealed is not for this TPM");
  }
}
