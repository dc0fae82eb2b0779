// Starts Swagger UI over the OpenAPI document that the page names.
const element = document.getElementById("docs");
SwaggerUIBundle({
  domNode: element,
  url: element.dataset.openapi,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // no page of this server asks another one anything
});
