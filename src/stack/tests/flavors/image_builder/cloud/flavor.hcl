flavor "image_builder" "cloud" {
  description = "The cloud's builds"
  zenml { flavor = "kaniko" }
}
