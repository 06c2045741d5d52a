# What was merged goes here by itself.
environment "staging" {
  values = {
    model    = "churn-3"
    replicas = 1
  }

  backend "local" {
    path = "${var.root}/state/staging/terraform.tfstate"
  }
}
