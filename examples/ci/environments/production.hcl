# What was merged goes here once somebody approves. Protected: only a saved plan is applied, never one made on the way.
environment "production" {
  protected = true
  values = {
    model    = "churn-2"
    replicas = 3
  }

  backend "local" {
    path = "${var.root}/state/production/terraform.tfstate"
  }
}
