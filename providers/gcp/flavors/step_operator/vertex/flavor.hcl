flavor "step_operator" "vertex" {
  description = "Single steps as custom jobs of Vertex AI, under a service account of their own"
  location    = "remote"

  identity {
    value = { member = output.member, email = output.service_account }
  }

  offers "invoke" {
    target = { service_account = output.service_account_name, project = output.project }
  }

  zenml {
    flavor = "vertex"
    config = { region = output.location, project = output.project, service_account = output.service_account, machine_type = output.machine_type }
  }
}
