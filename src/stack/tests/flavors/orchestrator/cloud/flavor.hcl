flavor "orchestrator" "cloud" {
  description = "The cloud's pipelines"
  identity { value = output.role }
  zenml {
    flavor = "sagemaker"
    config = { execution_role = output.role }
  }
}
