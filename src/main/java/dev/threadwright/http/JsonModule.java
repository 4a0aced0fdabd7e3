package dev.threadwright.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;
import java.io.IOException;

/** Lets answers hold the core's JSON values. */
@Singleton
public class JsonModule implements ObjectMapperCustomizer {

    @Override
    public void customize(ObjectMapper mapper) {
        mapper.registerModule(new SimpleModule("threadwright").addSerializer(Json.class, new JsonSerializer<>() {
            @Override
            public void serialize(Json value, JsonGenerator generator, SerializerProvider provider) throws IOException {
                JsonText.write(generator, value);
            }
        }));
    }
}
