package dev.threadwright.step.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.outbound.WebAddress;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            *                         | https://anywhere.example/       | admitted
            *                         | http://anywhere.example/        | refused
            http://*                  | http://anywhere.example/        | admitted
            http://*                  | https://anywhere.example/       | refused
            api.example.com           | https://api.example.com/        | named
            api.example.com           | https://API.Example.COM/        | named
            api.example.com           | https://api.example.com.:8443/  | named
            api.example.com           | http://api.example.com/         | refused
            api.example.com           | https://api.example.com.evil/   | refused
            api.example.com           | https://x.api.example.com/      | refused
            https://api.example.com   | https://api.example.com/        | named
            HTTP://LocalHost:3000     | http://localhost:3000/          | named
            http://localhost:3000     | http://localhost/               | refused
            api.example.com:443       | https://api.example.com/        | named
            *.example.com             | https://api.example.com/        | named
            *.example.com             | https://a.b.example.com/        | named
            *.example.com             | https://example.com/            | refused
            *.example.com             | https://badexample.com/         | refused
            [::1]                     | https://[::1]/                  | named
            10.0.0.1                  | https://10.0.0.1/               | named
            *,api.example.com         | https://api.example.com/        | named
            api.example.com,b.example | https://b.example/              | named
            """)
    void hosts_are_those_of_the_list(String list, String url, String expected) throws Exception {
        AllowedHosts hosts = AllowedHosts.of(Arrays.asList(list.split(",")));
        WebAddress address = WebAddress.of("The", url);
        assertThat(hosts.admits(address)).isEqualTo(!expected.equals("refused"));
        assertThat(hosts.names(address)).isEqualTo(expected.equals("named"));
    }

    @Test
    void an_empty_list_allows_nothing() throws Exception {
        assertThat(AllowedHosts.of(java.util.List.of()).admits(WebAddress.of("The", "https://a.example/")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ftp://a", "a.*", "api.*.com", "a/b", "a:0", "a:65536", "a:x", "https://", "a b"})
    void what_is_no_host_is_said(String form) {
        assertThatThrownBy(() -> AllowedHosts.of(java.util.List.of(form)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + form + "\"");
    }
}
