flavor "orchestrator" "vertex" {
  description = "Pipelines of Vertex AI, under a service account of their own"
  location    = "remote"

  identity {
    value = { member = output.member, email = output.service_account }
  }

  zenml {
    flavor = "vertex"
    config = { location = output.location, project = output.project, workload_service_account = output.service_account }
  }
}
