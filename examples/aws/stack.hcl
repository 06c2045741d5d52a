stack "churn" {
  description = "Churn model on AWS: training on SageMaker, images built in the account"
  owner       = "ml-platform@example.com"
}

# Where pipelines put what they produce.
component "artifact_store" "models" {
  flavor     = "s3"
  on_destroy = var.data_on_destroy
}

component "container_registry" "images" {
  flavor     = "ecr"
  on_destroy = var.data_on_destroy
}

component "image_builder" "builder" {
  flavor = "aws"
}

# Runs the pipelines.
component "orchestrator" "pipelines" {
  flavor = "sagemaker"
}

# Single steps on larger machines.
component "step_operator" "training" {
  flavor        = "sagemaker"
  instance_type = var.training_instance
}

component "secret_store" "secrets" {
  flavor = "aws"
}

# Where machines of one's own would stand: a private network in several zones.
component "network" "shared" {
  flavor = "aws"
}

# A Kubernetes cluster in it, for what SageMaker does not run.
component "cluster" "shared" {
  flavor = "eks"
}
